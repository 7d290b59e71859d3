"""Files in a bucket of an S3-compatible service; read only where the settings name one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from fete.core.errors import StoreError
from fete.core.settings import Settings

_PATIENCE = 10  # seconds


class Bucket:
    """A bucket, under the names of the files."""

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.s3_bucket
        self.client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint or None,
            region_name=settings.s3_region or None,
            aws_access_key_id=settings.s3_access_key or None,
            aws_secret_access_key=settings.s3_secret_key or None,
            config=Config(
                connect_timeout=_PATIENCE,
                read_timeout=_PATIENCE,
                retries={"max_attempts": 2, "mode": "standard"},
                # Services that are not Amazon's own do not all know its newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def write(self, name: str, content: bytes, content_type: str) -> None:
        """Put a file there."""
        with _told():
            self.client.put_object(
                Bucket=self.bucket, Key=name, Body=content, ContentType=content_type
            )

    def read(self, name: str) -> bytes | None:
        """Return a file, or `None` when there is none such."""
        with _told():
            try:
                return bytes(self.client.get_object(Bucket=self.bucket, Key=name)["Body"].read())
            except self.client.exceptions.NoSuchKey:
                return None

    def delete(self, name: str) -> None:
        """Take a file away; one that is not there is no matter."""
        with _told():
            self.client.delete_object(Bucket=self.bucket, Key=name)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Return every file with the instant at which it was written."""
        with _told():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for each in page.get("Contents", ()):
                    yield each["Key"], each["LastModified"]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoreError(str(error)) from error
