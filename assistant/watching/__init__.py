"""What can be seen of the service while it runs: metrics, traces, times of the steps, readiness."""
