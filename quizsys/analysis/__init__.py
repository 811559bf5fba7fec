"""What a class's answers say about the questions, the video and the learners: plain values in, plain values out."""
