"""Where kernels run: in this process, in a pool of processes, or on Ray."""
