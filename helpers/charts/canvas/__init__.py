"""What every chart is made of: a figure laid out by the pixel, the house style, axes, scales and labels."""
