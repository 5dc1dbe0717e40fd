"""What everything that is shown shares: cards, colours, words for numbers, the line that says how far something is."""
