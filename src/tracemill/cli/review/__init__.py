"""Commands under "Review": what people think of recorded work, and models of people's turns."""
