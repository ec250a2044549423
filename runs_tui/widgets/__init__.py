"""What the screens are made of; widgets never see an adapter."""
