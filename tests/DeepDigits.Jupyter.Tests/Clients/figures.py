"""Measures what a user waits for. Prints a table and fails when a figure is over its bound."""

import os
import statistics
import sys
import time

from jupyter_client.manager import KernelManager

TIMEOUT = 60


def resident_megabytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start():
    """Starts a kernel; returns (manager, client, seconds until the first kernel_info reply)."""
    manager = KernelManager(kernel_name=".net-csharp")
    started = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.kernel_info()
    client.get_shell_msg(timeout=TIMEOUT)
    return manager, client, time.perf_counter() - started


def run(client, code):
    """Runs a cell; returns the seconds until its reply."""
    started = time.perf_counter()
    msg_id = client.execute(code)
    while True:
        reply = client.get_shell_msg(timeout=TIMEOUT)
        if reply["parent_header"].get("msg_id") == msg_id:
            break
    seconds = time.perf_counter() - started
    if reply["content"]["status"] != "ok":
        raise RuntimeError(reply["content"])
    # Read what was published, as any front end does.
    while not (m := client.get_iopub_msg(timeout=TIMEOUT))["content"].get("execution_state") == "idle" or m["parent_header"]["msg_id"] != msg_id:
        pass
    return seconds


def main():
    starts, firsts, processor = [], [], []
    for _ in range(3):
        manager, client, seconds = start()
        starts.append(seconds)
        firsts.append(seconds + run(client, "1 + 1"))
        processor.append(processor_seconds(manager.provisioner.process.pid))
        client.stop_channels()
        manager.shutdown_kernel()

    manager, client, _ = start()
    times = []
    for i in range(1000):
        times.append(run(client, f"var v{i} = {i}; v{i} + 1"))
        if i == 0:
            before = resident_megabytes(manager.provisioner.process.pid)
    memory = resident_megabytes(manager.provisioner.process.pid)
    client.stop_channels()
    manager.shutdown_kernel()

    early, late = statistics.median(times[1:101]), statistics.median(times[-100:])
    rows = [
        ("start to first kernel_info reply, s (worst of 3)", max(starts), 1.5),
        ("start to result of the first cell, s (worst of 3)", max(firsts), 3.0),
        ("further trivial cells, ms (median of 999)", 1000 * statistics.median(times[1:]), 40),
        ("memory after 1,000 cells, MB", memory, 500),
        ("last hundred cells / first hundred, medians", late / early, 2),
    ]
    print(f"{'figure':55} {'measured':>9} {'bound':>7}")
    for name, measured, bound in rows:
        print(f"{name:55} {measured:9.2f} {bound:7.1f}{'' if measured <= bound else '  TOO MUCH'}")
    print(f"(processor time up to the first cell {min(processor):.2f} s; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors)")
    print(f"(memory after the first cell {before:.0f} MB; first hundred {1000 * early:.1f} ms, last hundred {1000 * late:.1f} ms)")
    return 0 if all(measured <= bound for _, measured, bound in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
