"""The portal: register, decisions, notices, objections. The library never imports it."""
