"""Whether tickets get clearer: what is counted, what it comes to, in words and in pictures.

days        weeks and days as numbers
history     one ticket's reviews → what it adds to which week (pure)
recounting  weeks in which something changed are counted anew
selection   which tickets are asked about
figures     medians and shares from exact counts (pure)
panels      each chart: its points, its sentence, its table (pure)
charts      each chart's Vega-Lite specification
report      the same as one file
drawing     pictures and the script that draws them, made in a process of their own
"""
