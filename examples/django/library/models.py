from django.db import models


class Author(models.Model):
    name = models.TextField()

    class Meta:
        db_table = "authors"


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.PROTECT)

    class Meta:
        db_table = "books"
