// Figures in as many digits as say something.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

export function count(number) {
  return whole.format(number);
}

/** A number in five characters or so. */
export function short(number) {
  for (const [size, unit] of units) {
    if (Math.abs(number) >= size && Math.abs(number) >= 10000) {
      const shown = number / size;
      return (shown >= 100 ? whole.format(shown) : shown.toFixed(1)) + "\u2009" + unit;
    }
  }
  return whole.format(number);
}

export function rate(perSecond) {
  return (perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : short(perSecond)) + "/s";
}

export function percent(share) {
  return Math.round(share * 100) + "\u2009%";
}

/** A time, given in microseconds. */
export function duration(micros) {
  const seconds = micros / 1e6;
  if (seconds < 0.001) {
    return Math.round(micros) + "\u2009\u00b5s";
  }
  if (seconds < 1) {
    return (micros / 1000).toFixed(seconds < 0.1 ? 1 : 0) + "\u2009ms";
  }
  if (seconds < 120) {
    return seconds.toFixed(1) + "\u2009s";
  }
  const rest = Math.floor(seconds);
  const days = Math.floor(rest / 86400);
  const clock = [Math.floor(rest / 3600) % 24, Math.floor(rest / 60) % 60, rest % 60].map(part => String(part).padStart(2, "0")).join(":");
  return days > 0 ? `${days}\u2009d ${clock}` : clock;
}

export function bytes(number) {
  return number >= 1e9 ? (number / 1e9).toFixed(1) + "\u2009GB" : number >= 1e6 ? Math.round(number / 1e6) + "\u2009MB" : Math.round(number / 1e3) + "\u2009KB";
}

/** The last part of a type's name. */
export function typeName(fullName) {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
