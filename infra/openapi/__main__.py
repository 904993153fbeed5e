"""Command `python -m infra.openapi`: write the OpenAPI document into the layer."""

from infra.openapi.document import FILE, document_text

if __name__ == "__main__":
    FILE.write_text(document_text(), encoding="utf-8")
