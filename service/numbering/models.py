"""The last number of each series and year."""

from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code


class NumberSeries(Base):
    """`last` is the highest number taken; whoever takes the next one holds the row until the commit."""

    __tablename__ = "number_series"

    series: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
