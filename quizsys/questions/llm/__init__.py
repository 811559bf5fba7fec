"""Questions by a language model: asked a chapter at a time, proven by word numbers, passed through the same gate."""
