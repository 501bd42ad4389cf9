"""What keeps PHI and secrets where they belong; knows nothing of queues, documents or databases."""
