"""How often we are right: labelled tickets and judged findings → figures and tables. Pure.

figures      precision, recall, F1, area under the curve, and how far they would scatter
labelled     JSON lines → tickets with what people said of them; which rules answer which label
evaluation   reviews × labels → rows
tables       rows → text, Markdown, JSON
judgements   findings that were judged useful or not, by rule
odds         tickets × what became of them → which findings predict trouble
calibration  weights fitted to labelled tickets
"""
