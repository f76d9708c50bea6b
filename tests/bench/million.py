"""A million records, from the batch endpoint to DuckDB and pandas: fills a running service, exports to Parquet, reads the
file back with both, and has the command line verify it. Prints times and peak memory.

    cargo xtask dev                                   # in another terminal
    cargo build --release --package consentry
    python3 -m venv target/venv && target/venv/bin/pip install duckdb pandas pyarrow
    target/venv/bin/python tests/bench/million.py     # --records 1000000 --file target/million.parquet
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import resource
import subprocess
import time
import urllib.parse


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--file", default="target/million.parquet")
    parser.add_argument("--facts", default="target/dev.json", help="what `cargo xtask dev` wrote")
    parser.add_argument("--consentry", default="target/release/consentry")
    return parser.parse_args()


def record(nth, now):
    """A record as an app would have collected it; every seventh a refusal, every eleventh with a service refused."""
    identifier = bytearray(now.to_bytes(6, "big") + os.urandom(10))
    identifier[6] = identifier[6] & 0x0F | 0x70
    identifier[8] = identifier[8] & 0x3F | 0x80
    refused = nth % 7 == 0
    return {
        "id": identifier.hex(),
        "subject": os.urandom(16).hex(),
        "action": "reject_all" if refused else "accept_all",
        "source": "banner",
        "categories": {"required": True, "functional": not refused, "advertising": not refused},
        "gpc": "absent",
        "dnt": "unset",
        "policy": 1,
        "language": ["en", "de", "fr", "ar"][nth % 4],
    }


def fill(facts, count):
    """Sends batches of 1,000 on four connections; returns how many the log says it took."""
    host = urllib.parse.urlparse(facts["url"]).netloc
    path = f"/_c/v1/sites/{facts['site']}/batches"
    headers = {"authorization": f"Bearer {facts['operator_token']}", "content-type": "application/json"}

    def connection(start):
        client, taken = http.client.HTTPConnection(host), 0
        for first in range(start * 1_000, count, 4_000):
            now = int(time.time() * 1000)
            records = [record(nth, now) for nth in range(first, min(first + 1_000, count))]
            body = json.dumps({"jurisdiction": ["DE", "FR", "US-CA", "BR"][first // 1_000 % 4], "records": records})
            client.request("POST", path, body, headers)
            answer = client.getresponse()
            text = answer.read()
            assert answer.status == 201, text
            taken += len(json.loads(text)["indexes"])
        return taken

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return sum(pool.map(connection, range(4)))


def timed(what, run):
    start = time.monotonic()
    outcome = run()
    print(f"{what:<34} {time.monotonic() - start:8.1f} s   {outcome}", flush=True)
    return outcome


def command(*words, **environment):
    """Runs a command; its last line and the most memory any command has taken so far."""
    done = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (done.stdout + done.stderr).strip().splitlines()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return f"{lines[-1] if lines else ''}  [peak of commands {peak} MiB]"


def main():
    import duckdb
    import pandas

    options = arguments()
    with open(options.facts) as file:
        facts = json.load(file)
    surroundings = {"CONSENTRY_URL": facts["url"], "CONSENTRY_AUDITOR_TOKEN": facts["auditor_token"]}
    timed(f"log {options.records:,} records", lambda: fill(facts, options.records))
    export = [options.consentry, "export", "--site", facts["site"], "--format", "parquet", "--restart", "--output", options.file]
    timed("export to Parquet", lambda: command(*export, **surroundings))
    verify = [options.consentry, "verify", options.file, "--key", facts["log_public_key"]]
    timed("verify, every decision replayed", lambda: command(*verify, **surroundings))

    query = f"SELECT count(*), count(DISTINCT record_id), sum(category_advertising::int) FROM '{options.file}' WHERE kind = 'record'"
    rows, distinct, granted = timed("DuckDB", lambda: duckdb.sql(query).fetchall()[0])
    frame = pandas.read_parquet(options.file, columns=["kind", "record_id", "category_advertising", "server_time"])
    frame = frame[frame["kind"] == "record"]
    found = timed("pandas", lambda: (len(frame), frame["record_id"].nunique(), int(frame["category_advertising"].sum())))
    assert (rows, distinct, granted) == found, "the two readers disagree"
    assert rows == distinct and rows >= options.records, "a record is missing or doubled"
    print("the same in both, and every record once")


if __name__ == "__main__":
    main()
