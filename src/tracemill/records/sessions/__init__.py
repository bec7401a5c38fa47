"""What one agent did in one session: the trajectory, and what is read off its steps.

The activity sums it up for linkers and labelers; reactions and turn labels say what people's turns
think of it; recoveries, value flows, accessed fields and decision points tell how calls and their
results hang together. All of it is about one trajectory.
"""
