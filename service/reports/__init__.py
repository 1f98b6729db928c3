"""Whether tickets get clearer: what is counted, what it comes to, in words and in pictures.

days        weeks and days as numbers
history     one ticket's reviews → what it adds to which week (pure)
recounting  weeks in which something changed are counted anew
selection   which tickets are asked about
figures     medians and shares from exact counts (pure)
panels      the charts of texts: points, sentence and table of each (pure)
people      what people did about one ticket → what it adds to which week (pure); its charts: people_panels
page        every chart, in order
charts      each chart's Vega-Lite specification
report      the same as one file
drawing     pictures and the script that draws them, made in a process of their own
"""
