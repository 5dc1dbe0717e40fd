"""What another system does otherwise, as far as it can be had on Linux. A module takes effect as it is imported."""
