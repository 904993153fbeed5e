"""Write the OpenAPI document into the layer: `python -m infra.openapi`."""

from infra.openapi.document import FILE, text

if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
