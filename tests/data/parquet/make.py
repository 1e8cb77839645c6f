"""Writes the files of this folder with Apache Arrow's own writer: `pip install pyarrow`, then `python make.py`.

The same table as CSV and, in the compressions that people have, as Parquet; and tables that cannot be read.
"""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
ROWS = 60


def moment(row):
    return datetime.datetime(2024, 2, 28) + datetime.timedelta(hours=7 * row, minutes=row, microseconds=row)


columns = {
    "count": pa.array([row * row - 50 for row in range(ROWS)], pa.int64()),
    "small": pa.array([row % 7 for row in range(ROWS)], pa.uint8()),
    "single": pa.array([row / 3 for row in range(ROWS)], pa.float32()),
    "double": pa.array([None if row % 11 == 3 else row / 7 - 2e-9 for row in range(ROWS)], pa.float64()),
    "color": pa.array([None if row % 13 == 5 else ["red", "green", "blue, dark"][row % 3] for row in range(ROWS)]),
    "flag": pa.array([row % 4 == 1 for row in range(ROWS)], pa.bool_()),
    "day": pa.array([moment(row).date() for row in range(ROWS)], pa.date32()),
    "nanoseconds": pa.array([moment(row) for row in range(ROWS)], pa.timestamp("ns")),
    "milliseconds": pa.array([moment(row) for row in range(ROWS)], pa.timestamp("ms")),
    "price": pa.array([decimal.Decimal(row * 37 - 900).scaleb(-2) for row in range(ROWS)], pa.decimal128(9, 2)),
    "grade": pa.array([["low", "high"][row * row % 5 % 2] for row in range(ROWS)]).dictionary_encode(),
}
table = pa.table(columns)

for compression in ["snappy", "zstd", "gzip", "none", "lz4"]:
    # Several row groups, and pages of both versions of the format.
    version = "2.0" if compression == "zstd" else "1.0"
    pq.write_table(
        table, HERE / f"{compression}.parquet", compression=compression, row_group_size=25, data_page_version=version
    )


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if "," in str(value) else str(value)


with open(HERE / "table.csv", "w") as file:
    file.write(",".join(table.column_names) + "\n")
    for row in table.to_pylist():
        file.write(",".join(map(text, row.values())) + "\n")

index = pa.array(range(ROWS), pa.int64())
pq.write_table(table.append_column("__index_level_0__", index), HERE / "index.parquet", compression="snappy")
pq.write_table(pa.table({"a": [[1, 2], [3]], "y": [1, 2]}), HERE / "lists.parquet")
pq.write_table(table.slice(0, 0).select(["count", "grade"]), HERE / "empty.parquet")
