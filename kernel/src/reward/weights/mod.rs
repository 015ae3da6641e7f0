//! Several objectives or constraints, and what each weighs.
