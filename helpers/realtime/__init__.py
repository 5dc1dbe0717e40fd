"""What chapter 10 shows while it happens: a plot that grows, a chat on a page; and how messages were delivered."""
