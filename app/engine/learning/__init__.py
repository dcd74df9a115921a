"""From gradients to the next network: optimizers, schedules, batches, and one whole iteration."""
