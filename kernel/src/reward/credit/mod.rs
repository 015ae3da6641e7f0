//! Rules for a finished episode: gates, refined step scores, milestones.
