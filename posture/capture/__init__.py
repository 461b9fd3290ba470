"""What a photo holds besides the client: stickers, scale markers, plumb lines."""
