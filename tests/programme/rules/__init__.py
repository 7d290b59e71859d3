"""The rules of the programme, by table."""
