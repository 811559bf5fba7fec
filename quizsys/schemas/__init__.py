"""What goes over the wire, by marshmallow: one file per noun. Error texts are `type|message`."""
