"""The assistant's tools by the Model Context Protocol: over standard input and output, and at /mcp."""
