"""What a page may do: decided here, without input or output, closed when in doubt."""
