"""The OpenAI-compatible face of the assistant: `/v1/models` and `/v1/chat/completions`."""
