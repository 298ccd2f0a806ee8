"""What the province is: units, sites, links, cameras, rooms, platforms, levels."""
