from django.contrib.postgres.operations import (
    BloomExtension,
    BtreeGinExtension,
    BtreeGistExtension,
    CITextExtension,
    CreateCollation,
    CreateExtension,
    CryptoExtension,
    HStoreExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    operations = [
        BloomExtension(),
        BtreeGinExtension(),
        BtreeGistExtension(),
        CITextExtension(),
        CryptoExtension(),
        HStoreExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("uuid-ossp"),
        CreateExtension(name="intarray"),
        CreateCollation("case_insensitive", provider="icu", locale="und-u-ks-level2", deterministic=False),
        CreateCollation("german", provider="icu", locale="de"),
        CreateCollation("Quoted Name", "C"),
        CreateCollation(name="short_lived", locale="POSIX", provider="libc", deterministic=True),
    ]
