"""Exact search with faiss's flat index of inner products. The index holds the bank before the clock starts."""

import faiss
import numpy as np

import contestant

case = contestant.case()
faiss.omp_set_num_threads(case["threads"])
index = faiss.IndexFlatIP(case["width"])
index.add(np.fromfile(case["bankFile"], dtype="<f4").reshape(case["bank"], case["width"]))
queries = np.fromfile(case["queryFile"], dtype="<f4").reshape(case["queries"], case["width"])


def search():
    similarities, rows = index.search(queries, case["k"])
    if rows.shape != (case["queries"], case["k"]) or (rows < 0).any():
        raise AssertionError("the search found too few neighbours")


contestant.serve("faiss %s, %d threads" % (faiss.__version__, case["threads"]), search)
