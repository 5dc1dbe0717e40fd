"""What a chart is given: a run as plain data, and what is counted in it whatever the chart."""
