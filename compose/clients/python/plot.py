"""Draws one figure of every run over its steps, and draws it again while evaluations arrive.

    python plot.py 127.0.0.1:29092 knn top1 [curves.png]        (needs: pip install confluent-kafka fastavro matplotlib)
"""
import sys
from collections import defaultdict
import matplotlib
from retort_feed import LIVE, follow

servers, suite, metric, *file = sys.argv[1:] if len(sys.argv) > 3 else ["127.0.0.1:9092", "knn", "top1"]
if file:
    matplotlib.use("Agg")
import matplotlib.pyplot as plt

curves = defaultdict(dict)


def draw():
    plt.cla()
    for run, points in curves.items():
        if run == "raw-pixels":  # the yardstick: how far the input itself comes
            plt.axhline(points[0], linestyle="--", color="grey", label=run)
        else:
            plt.plot(*zip(*sorted(points.items())), marker="o", label=run)
    plt.xlabel("step")
    plt.ylabel(f"{suite} {metric}")
    if curves:
        plt.legend()


live = False
for item in follow(servers):
    if item is LIVE:
        live = True
    elif item.suite == suite and metric in item.metrics:
        curves[item.run][item.step] = item.metrics[metric]
    if live:  # draw the history at once, not point by point
        draw()
        if file:
            plt.savefig(file[0])
            break
        plt.pause(0.1)
