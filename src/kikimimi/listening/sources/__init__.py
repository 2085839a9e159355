"""Where sound comes from: streams of samples, files, files that grow, devices."""
