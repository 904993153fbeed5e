"""The request of every client: GetItems for the same ten products and resources."""

ASINS = [f"B0BENCH{number:03d}" for number in range(1, 11)]
TAG = "bench-20"
MARKETPLACE = "www.amazon.com"
PAAPI5_HOST = "webservices.amazon.com"
PAAPI5_REGION = "us-east-1"
CREATORS_HOST = "creatorsapi.amazon"

ACCESS_KEY = "AKIABENCHBENCHBENCH0"
SECRET_KEY = "bench" * 8
CREDENTIAL_ID = "amzn1.application-oa2-client.b0e4c1d27f3a45c8b0e4c1d27f3a45c8"
CREDENTIAL_SECRET = "amzn1.oa2-cs.v1.b0e4c1d27f3a45c8b0e4c1d27f3a45c8b0e4c1d27f3a45c8"
VERSION = "3.1"

PAAPI5_RESOURCES = [
    "Images.Primary.Large",
    "Images.Primary.Medium",
    "ItemInfo.ByLineInfo",
    "ItemInfo.Classifications",
    "ItemInfo.Features",
    "ItemInfo.Title",
    "OffersV2.Listings.Availability",
    "OffersV2.Listings.Condition",
    "OffersV2.Listings.DealDetails",
    "OffersV2.Listings.IsBuyBoxWinner",
    "OffersV2.Listings.MerchantInfo",
    "OffersV2.Listings.Price",
    "OffersV2.Listings.Type",
]
CREATORS_RESOURCES = [
    ".".join(word[0].lower() + word[1:] for word in resource.split("."))
    for resource in PAAPI5_RESOURCES
]
