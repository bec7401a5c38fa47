"""Made-up data, always marked as such: tasks whose right answers are known because we made them."""
