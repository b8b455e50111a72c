"""What scripts/soak does to voiceguide: faults of many kinds, each as often as asked for, and hours of talk."""
