from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0001_authors")]
    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("author", models.ForeignKey(on_delete=models.PROTECT, to="library.author")),
            ],
            options={"db_table": "books"},
        )
    ]
