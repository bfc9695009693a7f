"""Files that nobody vouches for, and the small pictures and messages that travel as bytes."""
