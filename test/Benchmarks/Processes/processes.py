"""What Python's multiprocessing takes for the same: one line a measurement, a name and nanoseconds an item."""
import time
from dataclasses import dataclass
from multiprocessing import Pipe, Pool, Process


@dataclass
class Person:
    name: str
    street: str
    age: int
    born: float


def increment(number):
    return number + 1


def older(person):
    return Person(person.name, person.street, person.age + 1, person.born)


def same(data):
    return data


def drain(receiver, sender):
    sender.close()
    try:
        while True:
            receiver.recv()
    except EOFError:
        pass


def report(name, seconds, count):
    print(name, seconds / count * 1e9, sep="\t", flush=True)


def one_way(name, items):
    receiver, sender = Pipe(False)
    reader = Process(target=drain, args=(receiver, sender))
    reader.start()
    receiver.close()
    start = time.perf_counter()
    for item in items:
        sender.send(item)
    sender.close()
    reader.join()
    report(name, time.perf_counter() - start, len(items))


def mapped(pool, name, function, items, few):
    best = None
    for chunk in (16, 64, 256, 1024, len(items) // 8):
        start = time.perf_counter()
        pool.map(function, items, chunk)
        taken = time.perf_counter() - start
        best = taken if best is None else min(best, taken)
    report(name + ", best chunk", best, len(items))
    start = time.perf_counter()
    pool.map(function, items[:few], 1)
    report(name + ", chunks of 1", time.perf_counter() - start, few)


if __name__ == "__main__":
    people = [Person("Jane Doe of Somewhere", "12 Long Road, Another Place", number % 90, 0.0) for number in range(50_000)]
    blocks = [bytes([number % 256]) * 4096 for number in range(10_000)]  # an object each: equal ones would be sent once a chunk
    with Pool(2) as pool:
        pool.map(increment, range(1000))
        mapped(pool, "integers", increment, range(300_000), 10_000)
        mapped(pool, "records", older, people, 10_000)
        mapped(pool, "arrays of 4 KB", same, blocks, 5_000)
        start = time.perf_counter()
        for number in range(2000):
            pool.apply(increment, (number,))
        report("one item at a time", time.perf_counter() - start, 2000)
    one_way("one way, integers", range(100_000))
    one_way("one way, records", people)
