using System.Globalization;
using System.Net;
using System.Text;

namespace Benchmarks.Plots;

/// <summary>A line chart as SVG, legible on a light and on a dark page: it brings its own background.</summary>
internal sealed class Chart(string title, string xTitle, string yTitle, IReadOnlyList<Line> lines)
{
    private const double Left = 70;
    private const double Top = 50;
    private const double Width = 560;
    private const double Height = 320;

    private static readonly string[] s_colours = ["#c0392b", "#2471a3", "#7f8c8d", "#b9770e", "#1e8449", "#6c3483"];

    public bool IsXLogarithmic { get; init; }

    public bool IsYLogarithmic { get; init; }

    public string Draw()
    {
        Axis x = new([.. lines.SelectMany(line => line.Points).Select(point => point.X)], IsXLogarithmic);
        Axis y = new([.. lines.SelectMany(line => line.Points).Select(point => point.Y)], IsYLogarithmic);
        double X(double value) => Left + (x.At(value) * Width);
        double Y(double value) => Top + ((1 - y.At(value)) * Height);

        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1060 430" font-family="sans-serif" font-size="13">""");
        Append(svg, $"""<rect width="1060" height="430" fill="#ffffff"/>""");
        Append(svg, $"""<text x="{Left}" y="28" font-size="16" fill="#222">{Text(title)}</text>""");
        foreach (double tick in x.Ticks)
        {
            Append(svg, $"""<line x1="{X(tick):0.0}" y1="{Top}" x2="{X(tick):0.0}" y2="{Top + Height}" stroke="#e5e5e5"/>""");
            Append(svg, $"""<text x="{X(tick):0.0}" y="{Top + Height + 20}" text-anchor="middle" fill="#444">{Label(tick)}</text>""");
        }

        foreach (double tick in y.Ticks)
        {
            Append(svg, $"""<line x1="{Left}" y1="{Y(tick):0.0}" x2="{Left + Width}" y2="{Y(tick):0.0}" stroke="#e5e5e5"/>""");
            Append(svg, $"""<text x="{Left - 8}" y="{Y(tick) + 4:0.0}" text-anchor="end" fill="#444">{Label(tick)}</text>""");
        }

        Append(svg, $"""<text x="{Left + (Width / 2)}" y="{Top + Height + 44}" text-anchor="middle" fill="#222">{Text(xTitle)}</text>""");
        Append(svg, $"""<text transform="translate(20 {Top + (Height / 2)}) rotate(-90)" text-anchor="middle" fill="#222">{Text(yTitle)}</text>""");

        // Names stand at the right, each at the height of its last point, as far as they leave each other room.
        double free = Top;
        foreach ((Line line, int number) in lines.Select((line, number) => (line, number)).OrderByDescending(one => one.line.Points[^1].Y))
        {
            string colour = s_colours[number % s_colours.Length];
            string points = string.Join(
                ' ', line.Points.OrderBy(point => point.X).Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.0},{Y(point.Y):0.0}")));
            Append(svg, $"""<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{(number == 0 ? 3.5 : 2)}"/>""");
            foreach ((double px, double py) in line.Points)
            {
                Append(svg, $"""<circle cx="{X(px):0.0}" cy="{Y(py):0.0}" r="3.5" fill="{colour}"/>""");
            }

            double at = Math.Max(free, Y(line.Points.MaxBy(point => point.X).Y) + 4);
            free = at + 18;
            string weight = number == 0 ? " font-weight=\"bold\"" : "";
            Append(svg, $"""<text x="{Left + Width + 12}" y="{at:0.0}" fill="{colour}"{weight}>{Text(line.Name)}</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Label(double value) => value.ToString("#,##0.##", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private sealed class Axis
    {
        private readonly bool _logarithmic;
        private readonly double _low;
        private readonly double _high;

        public Axis(double[] values, bool logarithmic)
        {
            _logarithmic = logarithmic;
            (double low, double high) = (values.Min(), values.Max());
            if (logarithmic)
            {
                _low = Math.Log10(low) - 0.1;
                _high = Math.Log10(high) + 0.1;
                int first = (int)Math.Ceiling(_low);
                Ticks = [.. Enumerable.Range(first, (int)Math.Floor(_high) - first + 1).Select(power => Math.Pow(10, power))];
                return;
            }

            double step = Math.Pow(10, Math.Floor(Math.Log10(high)));
            step = high / step < 2.5 ? step / 5 : high / step < 5 ? step / 2 : step;
            _low = 0;
            _high = Math.Ceiling(high / step) * step;
            Ticks = [.. Enumerable.Range(0, (int)Math.Round(_high / step) + 1).Select(number => number * step)];
        }

        public double[] Ticks { get; }

        public double At(double value) => ((_logarithmic ? Math.Log10(value) : value) - _low) / (_high - _low);
    }
}
