"""Parts of facts beside sessions that several sources read: gates, forges, messages of commits."""
