"""Builder of the complete PA-API `Item` of a generated product, before `Resources` are selected.

Not generated: `CustomerReviews`, `RentalOffers`, and of `ItemInfo` the groups `ContentRating`,
`TechnicalInfo` and `TradeInInfo`.
"""

from datetime import date

from infra.local.fake_amazon.catalog import ListedProduct
from infra.local.fake_amazon.offers import offers_v1, offers_v2
from infra.local.fake_amazon.products import BOOKS, GeneratedProduct, stable_number
from infra.local.fake_amazon.special_offers import Json

_IMAGE_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_IMAGE_SIZES = (("Small", 75, "._SL75_"), ("Medium", 160, "._SL160_"), ("Large", 500, ""))
_MIN_FEATURES = 5


def full_item(listed: ListedProduct, tag: str, link_code: str, today: date) -> Json:
    """Return the item with all resources."""
    product = listed.product
    item: Json = {
        "ASIN": product.asin,
        "BrowseNodeInfo": _browse_nodes(product),
        "DetailPageURL": detail_page_url(product, tag, link_code),
        "Images": _images(product),
        "ItemInfo": _item_info(product),
    }
    for name, offers in (("Offers", offers_v1(listed)), ("OffersV2", offers_v2(listed, today))):
        if offers:
            item[name] = offers
    if product.parent:
        item["ParentASIN"] = product.parent
    return item


def detail_page_url(product: GeneratedProduct, tag: str, link_code: str) -> str:
    """Return the affiliate link of the product."""
    path = f"https://{product.marketplace.name}/dp/{product.asin}"
    return f"{path}?tag={tag}&linkCode={link_code}&th=1&psc=1"


def _images(product: GeneratedProduct) -> Json:
    variants = [
        _image(product.asin, f"variant {count}")
        for count in range(stable_number("variants", product.asin, below=5))
    ]
    images: Json = {"Primary": _image(product.asin, "primary")}
    if variants:
        images["Variants"] = variants
    return images


def _image(asin: str, name: str) -> Json:
    rest = stable_number("image", asin, name, below=63**8)
    text = ""
    for _ in range(8):
        rest, digit = divmod(rest, 63)
        text += _IMAGE_ALPHABET[digit]
    width_percent = 60 + stable_number("slim", asin, name, below=41)
    sizes: Json = {}
    for size, height, suffix in (*_IMAGE_SIZES, ("HighRes", 1500, "._SL1500_")):
        sizes[size] = {
            "Height": height,
            "URL": f"https://m.media-amazon.com/images/I/41{text}L{suffix}.jpg",
            "Width": height * width_percent // 100,
        }
    return sizes


def _item_info(product: GeneratedProduct) -> Json:
    is_book = product.kind_number == BOOKS
    info: Json = {
        "ByLineInfo": _by_line(product),
        "Classifications": {
            "Binding": _single(product, "Binding", "Paperback" if is_book else product.kind.group),
            "ProductGroup": _single(product, "ProductGroup", product.kind.group),
        },
        "ExternalIds": _external_ids(product),
        "Features": {
            "DisplayValues": _features(product),
            "Label": "Features",
            "Locale": product.locale,
        },
        "ManufactureInfo": {
            "ItemPartNumber": _single(product, "PartNumber", f"P{product.asin[-6:]}"),
            "Model": _single(product, "Model", product.asin[2:7]),
        },
        "ProductInfo": _product_info(product),
        "Title": _single(product, "Title", product.title),
    }
    if is_book:
        info["ContentInfo"] = _content(product)
    return info


def _single(product: GeneratedProduct, label: str, value: object) -> Json:
    return {"DisplayValue": value, "Label": label, "Locale": product.locale}


def _by_line(product: GeneratedProduct) -> Json:
    info: Json = {}
    if product.brand:
        info["Brand"] = _single(product, "Brand", product.brand)
        info["Manufacturer"] = _single(product, "Manufacturer", product.brand)
    if product.kind_number == BOOKS:
        info["Contributors"] = [
            {
                "Locale": product.locale,
                "Name": product.author,
                "Role": "Author",
                "RoleType": "author",
            }
        ]
    return info


def _features(product: GeneratedProduct) -> list[str]:
    sentences = product.words.features
    count = _MIN_FEATURES + stable_number("features", product.asin, below=4)
    start = stable_number("first feature", product.asin, below=len(sentences))
    return [sentences[(start + step) % len(sentences)] for step in range(count)]


def _external_ids(product: GeneratedProduct) -> Json:
    # Not `is_book`: a book with an ASIN like that of a Kindle edition has no ISBN.
    if product.asin.startswith("B"):
        digits = f"4{stable_number('ean', product.asin, below=10**11):011d}"
    else:
        digits = f"978{product.asin[:9]}"
    # The check digit of EAN-13 weights every second digit with 3.
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    ean = f"{digits}{-total % 10}"
    ids: Json = {"EANs": {"DisplayValues": [ean], "Label": "EAN", "Locale": product.locale}}
    if not product.asin.startswith("B"):
        isbns = [product.asin, ean]
        ids["ISBNs"] = {"DisplayValues": isbns, "Label": "ISBN", "Locale": product.locale}
    return ids


def _product_info(product: GeneratedProduct) -> Json:
    year = 2012 + stable_number("year", product.asin, below=14)
    month = 1 + stable_number("month", product.asin, below=12)
    return {
        "Color": _single(product, "Color", product.color),
        "IsAdultProduct": _single(product, "IsAdultProduct", value=False),
        "ItemDimensions": {
            side: {
                "DisplayValue": round(1 + stable_number(side, product.asin, below=2400) / 100, 2),
                "Label": side,
                "Locale": product.locale,
                "Unit": "Pounds" if side == "Weight" else "Inches",
            }
            for side in ("Height", "Length", "Weight", "Width")
        },
        "ReleaseDate": _single(product, "ReleaseDate", f"{year}-{month:02d}-15T00:00:01Z"),
        "UnitCount": _single(
            product, "NumberOfItems", 1 + stable_number("units", product.asin, below=3)
        ),
    }


def _content(product: GeneratedProduct) -> Json:
    return {
        "Edition": _single(product, "Edition", "1"),
        "Languages": {
            "DisplayValues": [{"DisplayValue": "English", "Type": "Published"}],
            "Label": "Language",
            "Locale": product.locale,
        },
        "PagesCount": _single(
            product, "NumberOfPages", 96 + stable_number("pages", product.asin, below=600)
        ),
        "PublicationDate": _single(product, "PublicationDate", "2019-04-02T00:00:01Z"),
    }


def _browse_nodes(product: GeneratedProduct) -> Json:
    department = product.words.departments[product.kind_number]
    root = {
        "ContextFreeName": product.kind.index,
        "DisplayName": product.kind.index,
        "Id": product.kind.root,
    }
    rank = 1 + stable_number("rank", product.asin, below=250_000)
    node: Json = {
        "Ancestor": root,
        "ContextFreeName": department,
        "DisplayName": department,
        "Id": product.kind.node,
        "IsRoot": False,
        "SalesRank": 1 + rank // 40,
    }
    website: Json = {"ContextFreeName": department, "DisplayName": department, "SalesRank": rank}
    return {"BrowseNodes": [node], "WebsiteSalesRank": website}
