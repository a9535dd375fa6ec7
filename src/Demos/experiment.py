"""Times sending n numbers over a multiprocessing Pipe, then over a Queue. Prints one line a measurement: name, n, seconds."""
import sys
import time
from multiprocessing import Pipe, Process, Queue


def reader_pipe(pipe):
    output_p, input_p = pipe
    input_p.close()  # this process only reads
    while True:
        try:
            output_p.recv()
        except EOFError:
            break


def reader_queue(queue):
    while queue.get() != "DONE":
        pass


def time_pipe(count):
    output_p, input_p = Pipe()
    reader = Process(target=reader_pipe, args=((output_p, input_p),))
    reader.start()
    output_p.close()
    start = time.perf_counter()
    for i in range(count):
        input_p.send(i)
    input_p.close()
    reader.join()
    return time.perf_counter() - start


def time_queue(count):
    queue = Queue()
    reader = Process(target=reader_queue, args=(queue,), daemon=True)
    reader.start()
    start = time.perf_counter()
    for i in range(count):
        queue.put(i)
    queue.put("DONE")
    reader.join()
    return time.perf_counter() - start


if __name__ == "__main__":
    for n in map(int, sys.argv[1:]):
        print("Pipe", n, time_pipe(n), flush=True)
        print("Queue", n, time_queue(n), flush=True)
